"""Questions: rows of the views as plain frozen values, through the standard library's sqlite3 only."""
