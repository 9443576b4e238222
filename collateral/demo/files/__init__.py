"""Makes the sample's files: decks, documents, sheets and pictures, each from its content."""
