"""Paper: cards with a clipping, handouts and worksheets, as PDF by Typst or as HTML that a browser prints."""
