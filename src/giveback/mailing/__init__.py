"""Mail: messages, drafts, sending by SMTP, and what has become of each message.

`message` builds, `smtp` sends, `outbox` remembers. Nothing here knows what is written or why.
"""
