"""The clauses and what becomes of them: where each is carried out, which tests hold it, and the pages that show it."""
