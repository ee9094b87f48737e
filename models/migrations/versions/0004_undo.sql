DROP TABLE volume_publication_note;
DROP TABLE volume_published;
DROP TABLE volume_edition;
