"""Rows and queries; the only importer of sqlalchemy."""
