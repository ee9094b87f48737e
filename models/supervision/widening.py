"""How far two supervisors widen a budget of people, and for how long: also read by the key service,
which loads no table."""

#: The most that two supervisors agree to: so many minutes, and so many further people.
MOST_MINUTES = 60
MOST_PEOPLE = 50
#: How long one waits for the second supervisor: whoever needs it asks now.
WAITING_MINUTES = 60
