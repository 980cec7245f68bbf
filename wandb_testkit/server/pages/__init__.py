"""What a server shows to people: its projects, its runs and what they log, while they log it."""
