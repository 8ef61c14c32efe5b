"""The quota store: submissions a second with its windows full, and how long readers wait meanwhile."""
