COPY item TO stdout;
