-- The database and its two roles, each with no more than it needs: the owner migrates,
-- the other one reads and writes. For a superuser, once:
--   psql --set owner_password=… --set password=… --file create.sql
\set ON_ERROR_STOP on
CREATE ROLE jobwire_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE jobwire LOGIN PASSWORD :'password';
CREATE DATABASE jobwire OWNER jobwire_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE jobwire FROM PUBLIC;
GRANT CONNECT ON DATABASE jobwire TO jobwire;
\connect jobwire
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO jobwire_owner;
GRANT USAGE ON SCHEMA public TO jobwire;
-- Holds for what migrations will create, too.
ALTER DEFAULT PRIVILEGES FOR ROLE jobwire_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO jobwire;
