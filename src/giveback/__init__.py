"""giveback: networking as a give-and-take."""
