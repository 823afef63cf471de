//! The query language: grammar, meaning, completion, nearest word.
