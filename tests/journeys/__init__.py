"""Working days of the people who use Gerbang, told as stories over HTTP."""
