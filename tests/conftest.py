"""Where the tests run: SQLite by default, PostgreSQL with QAITA_TEST_PG=1 and DATABASE_URL."""
