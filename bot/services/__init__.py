"""The rules: what happens to a request between the member's words and the picture in the channel."""
