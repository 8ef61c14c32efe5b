# A tag rather than a digest: `docker build --pull` then brings the security fixes of Debian 12 and Python 3.11, which is
# the Python that the lock file and the tests are made with.
FROM python:3.11-slim-bookworm AS build

# As in the Makefile, which a test makes sure of.
ARG UV_VERSION=0.13.9
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# /venv goes into the image and holds nothing but what the bot imports; /tools stays behind.
RUN ["python", "-m", "venv", "/tools"]
RUN ["python", "-m", "venv", "--without-pip", "/venv"]
RUN /tools/bin/pip install --quiet uv==${UV_VERSION}

# Exactly what the lock file names, by its hashes, and ready-made: nothing is compiled, so no compiler is needed.
COPY pyproject.toml uv.lock /tools/
RUN ["/tools/bin/uv", "export", "--project", "/tools", "--quiet", "--frozen", "--no-dev", \
     "--output-file", "/tools/requirements.txt"]
RUN ["/tools/bin/pip", "--python", "/venv/bin/python", "install", "--quiet", "--no-compile", "--only-binary", ":all:", \
     "--require-hashes", "--requirement", "/tools/requirements.txt"]

# Bytecode is made here, since nothing can be written later. It is trusted without a look at the sources' dates, which
# need not survive copying. Whoever cloned with a strict umask has sources that only they can read: not so in the image.
COPY LICENSE ./
COPY bot bot
COPY cogs cogs
RUN ["/venv/bin/python", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "/venv/lib", "bot", "cogs"]
RUN ["chmod", "--recursive", "a+rX,go-w", "/venv", "/app"]


FROM python:3.11-slim-bookworm

LABEL org.opencontainers.image.title="Easel" \
      org.opencontainers.image.description="A Discord bot that makes and edits pictures with GPT Image 1 through RunBase." \
      org.opencontainers.image.licenses="MIT"

# The numbers of user and group are part of the image: the owner of a folder mounted on /data must be 10001.
RUN apt-get update \
    && apt-get install --yes --quiet --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 easel \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin easel \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data

COPY --from=build /venv /venv
COPY --from=build /app /app

# Everything is written to /data, SQLite's temporary copies too; the rest may be read-only. The allocator is told to give
# the memory of pictures back: left alone, it kept 120 MB more after eight results of 23 MB at once.
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=1048576 \
    MALLOC_TRIM_THRESHOLD_=1048576 \
    SQLITE_TMPDIR=/data \
    EASEL__STORAGE__PATH=/data/easel.sqlite3 \
    EASEL__METRICS__LISTEN=127.0.0.1:9464
WORKDIR /app
USER 10001:10001
VOLUME ["/data"]

# The bot is process 1 and gets the signal itself: it finishes what is under way and goes on at the next start.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=1m --timeout=10s --start-period=2m --retries=3 CMD ["python", "-m", "bot", "health"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
