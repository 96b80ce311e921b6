-- Role for acting: Stop-LongQuery. Run sql/ir_read.sql first, then this, once per server as an administrator:
--   GRANT ir_act TO alice;
-- PostgreSQL 12 to 17. Sessions of superusers stay out of its reach: the server refuses to signal them.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'ir_act') THEN
    CREATE ROLE ir_act NOLOGIN;
  END IF;
END
$$;

-- It sees what it stops.
GRANT ir_read TO ir_act;
GRANT pg_signal_backend TO ir_act;
