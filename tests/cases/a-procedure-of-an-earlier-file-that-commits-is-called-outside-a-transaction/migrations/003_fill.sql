CALL public.fill();
