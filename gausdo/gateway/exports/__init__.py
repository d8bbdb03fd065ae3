"""Lists as files, as one's rights have them: streamed, however long they are."""
