"""Mail as people have it on their disks, and what of it counts as an exchange.

From the file inward: `mailboxes` finds where messages begin and end, `headers` reads the fields that matter, `words`,
`addresses` and `times` say what those mean, `messages` puts one message together, `signal` decides whether it counts,
`scanning` goes through everything, and `keeping` brings it into the store.
"""
