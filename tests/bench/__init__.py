"""What the bot is measured by: each table is made by one command, and quoted where it is claimed."""
