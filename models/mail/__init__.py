"""Mail to readers of figures and to applicants: the outbox, what a message says, how it is sent."""

from models.mail.outbox import DecisionCode, Mail, post
from models.mail.transport import MailTransport, NotSentError, mail_transport

__all__ = ["DecisionCode", "Mail", "MailTransport", "NotSentError", "mail_transport", "post"]
