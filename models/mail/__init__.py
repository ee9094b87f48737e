"""Mail to readers of figures and to applicants: the outbox, what a message says, how it is sent."""

from models.mail.outbox import Mail, SentCode, post
from models.mail.transport import MailTransport, NotSentError, mail_transport

__all__ = ["Mail", "MailTransport", "NotSentError", "SentCode", "mail_transport", "post"]
