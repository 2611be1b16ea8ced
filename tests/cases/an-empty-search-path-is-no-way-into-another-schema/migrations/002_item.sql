SET search_path = '';
CREATE TABLE public.item (id int);
