//! The HaloPSA REST API: token, transport, request budget, wire types, paging, error kinds.
