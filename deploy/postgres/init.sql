-- Roles and databases of a new server: three roles and one database for each service, and Keycloak's own.
-- Runs once, by the image's entry point, when the data volume is empty; on a server of your own run it by
-- `psql -v ON_ERROR_STOP=1 -f init.sql` as a superuser with the passwords in the environment.
--
-- Each role has a password of its own: who holds a service's has not its tables' owner's.
-- owner migrates the tables, app answers requests behind row level security, system is relay and deadline poller.

\getenv owner APPLICATIONS_OWNER_PASSWORD
\getenv app APPLICATIONS_APP_PASSWORD
\getenv system APPLICATIONS_SYSTEM_PASSWORD
CREATE ROLE mentoring_applications_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE mentoring_applications_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app';
CREATE ROLE mentoring_applications_system LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'system';
CREATE DATABASE mentoring_applications OWNER mentoring_applications_owner;
REVOKE ALL ON DATABASE mentoring_applications FROM PUBLIC;
GRANT CONNECT ON DATABASE mentoring_applications TO mentoring_applications_app, mentoring_applications_system;

\getenv owner MATCHING_OWNER_PASSWORD
\getenv app MATCHING_APP_PASSWORD
\getenv system MATCHING_SYSTEM_PASSWORD
CREATE ROLE mentoring_matching_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE mentoring_matching_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app';
CREATE ROLE mentoring_matching_system LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'system';
CREATE DATABASE mentoring_matching OWNER mentoring_matching_owner;
REVOKE ALL ON DATABASE mentoring_matching FROM PUBLIC;
GRANT CONNECT ON DATABASE mentoring_matching TO mentoring_matching_app, mentoring_matching_system;

\getenv owner SESSIONS_OWNER_PASSWORD
\getenv app SESSIONS_APP_PASSWORD
\getenv system SESSIONS_SYSTEM_PASSWORD
CREATE ROLE mentoring_sessions_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE mentoring_sessions_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app';
CREATE ROLE mentoring_sessions_system LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'system';
CREATE DATABASE mentoring_sessions OWNER mentoring_sessions_owner;
REVOKE ALL ON DATABASE mentoring_sessions FROM PUBLIC;
GRANT CONNECT ON DATABASE mentoring_sessions TO mentoring_sessions_app, mentoring_sessions_system;

\getenv owner EVALUATION_OWNER_PASSWORD
\getenv app EVALUATION_APP_PASSWORD
\getenv system EVALUATION_SYSTEM_PASSWORD
CREATE ROLE mentoring_evaluation_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE mentoring_evaluation_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app';
CREATE ROLE mentoring_evaluation_system LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'system';
CREATE DATABASE mentoring_evaluation OWNER mentoring_evaluation_owner;
REVOKE ALL ON DATABASE mentoring_evaluation FROM PUBLIC;
GRANT CONNECT ON DATABASE mentoring_evaluation TO mentoring_evaluation_app, mentoring_evaluation_system;

\getenv owner INTEGRATIONS_OWNER_PASSWORD
\getenv app INTEGRATIONS_APP_PASSWORD
\getenv system INTEGRATIONS_SYSTEM_PASSWORD
CREATE ROLE mentoring_integrations_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE mentoring_integrations_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app';
CREATE ROLE mentoring_integrations_system LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'system';
CREATE DATABASE mentoring_integrations OWNER mentoring_integrations_owner;
REVOKE ALL ON DATABASE mentoring_integrations FROM PUBLIC;
GRANT CONNECT ON DATABASE mentoring_integrations TO mentoring_integrations_app, mentoring_integrations_system;

-- Backups read every table of every service and lock two of them for a moment; they write nothing.
\getenv password BACKUP_PASSWORD
CREATE ROLE mentoring_backup LOGIN NOSUPERUSER BYPASSRLS PASSWORD :'password' IN ROLE pg_read_all_data, pg_maintain;
GRANT CONNECT ON DATABASE mentoring_applications, mentoring_matching, mentoring_sessions, mentoring_evaluation,
    mentoring_integrations TO mentoring_backup;

\getenv password KEYCLOAK_DB_PASSWORD
CREATE ROLE keycloak LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE keycloak OWNER keycloak;
REVOKE ALL ON DATABASE keycloak FROM PUBLIC;
