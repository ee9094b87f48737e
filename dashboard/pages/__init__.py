"""The pages, a folder each: question, pictures, layout with thin callbacks, texts."""
