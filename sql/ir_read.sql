-- Role for looking: Get-LongQuery, Get-DatabaseLock, Get-DatabaseConnection, Get-SlowQuery.
-- Run once per server as an administrator; grant it to the login roles of the people on call:
--   GRANT ir_read TO alice;
-- PostgreSQL 12 to 17. Nothing here can read the tables of an application.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ir_read') THEN
    CREATE ROLE ir_read NOLOGIN;
  END IF;
END
$$;

-- What other sessions do: state, query, waiting; and the texts in pg_stat_statements.
GRANT pg_read_all_stats TO ir_read;
