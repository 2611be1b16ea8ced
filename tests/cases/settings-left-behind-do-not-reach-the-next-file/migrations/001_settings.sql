SET statement_timeout = 0;
SET lock_timeout = '1h';
SET check_function_bodies = off;
SET client_min_messages = error;
SET default_tablespace = '';
SET TIME ZONE 'Asia/Tokyo';
SET xmloption = content;
