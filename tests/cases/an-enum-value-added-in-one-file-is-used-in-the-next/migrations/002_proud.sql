ALTER TYPE mood ADD VALUE 'proud' BEFORE 'happy';
