# The benchmark in a container, with the packages of pyproject.toml: docs/install.md.
FROM python:3.11-slim-bookworm

WORKDIR /opt/mgah
COPY . .
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --root-user-action ignore --editable '.[fast,search,onnx]' \
    && mkdir -p data results

ENTRYPOINT ["mgah"]
CMD ["--help"]
