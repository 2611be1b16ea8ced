CREATE INDEX CONCURRENTLY contact_digits ON contact (digits);
