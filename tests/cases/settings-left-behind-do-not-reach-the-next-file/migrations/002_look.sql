CREATE TABLE seen AS
  SELECT current_setting('check_function_bodies') AS bodies, current_setting('lock_timeout') <> '1h' AS locks,
         current_setting('TimeZone') <> 'Asia/Tokyo' AS zone;
