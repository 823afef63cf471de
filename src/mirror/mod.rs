//! The local SQLite copy of the tenant: windows of rows, search, migrations.
