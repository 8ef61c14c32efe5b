"""What `check` looks at, one file a subject. Each says in lines what it found; none changes anything."""
