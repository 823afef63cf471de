-- A summary's folded words stand in the word index; where a row is looked at they are made of the summary.
ALTER TABLE tickets DROP COLUMN summary_key;
