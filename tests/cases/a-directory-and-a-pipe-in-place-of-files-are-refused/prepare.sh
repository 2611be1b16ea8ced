mkdir migrations/002_directory.sql
mkfifo migrations/003_pipe.sql
ln -s /dev/zero migrations/004_device.sql
ln -s nowhere.sql migrations/005_dangling.sql
