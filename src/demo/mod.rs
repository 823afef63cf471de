//! The embedded HaloPSA stand-in: a real HTTP server on loopback with seeded data.
