"""The fake server: state, the rules that change it, and the door for records."""
