"""Others who do the same work, as far as they can: none of them joins attendees and sessions."""
