"""Mail to readers of figures: the outbox, what a message says, and how it is sent."""

from models.mail.outbox import Mail, post
from models.mail.transport import MailTransport, NotSentError, mail_transport

__all__ = ["Mail", "MailTransport", "NotSentError", "mail_transport", "post"]
