"""People from pictures: QR codes with a vCard in them, and photos of business cards."""
