"""Whose reach was taken back."""
