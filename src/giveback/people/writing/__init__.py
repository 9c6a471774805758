"""Writing contacts: a pure function for each format, from a contact with everything to text."""
