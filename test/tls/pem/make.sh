#!/usr/bin/env bash
# Makes the certificates of the tests anew: an authority, what it vouches for, and one that vouches for itself. They hold for a hundred years.
set -eu
cd "$(dirname "$0")"
ec=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
openssl req -x509 "${ec[@]}" -keyout ca.key -out ca.pem -days 36500 -subj "/CN=callwire test authority"
# NAME SUBJECT ALTERNATIVE-NAMES
make() {
  openssl req "${ec[@]}" -keyout "$1.key" -out request.pem -subj "$2" -addext "subjectAltName=$3"
  openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 36500 -out "$1.pem" -copy_extensions copy
}
make server "/CN=localhost" "DNS:localhost,IP:127.0.0.1"
make next "/CN=localhost/O=next" "DNS:localhost,IP:127.0.0.1"
make named "/CN=app.example.com" "DNS:*.example.com"
make client "/CN=ada/O=callwire" "DNS:ada.example.com"
openssl req -x509 "${ec[@]}" -keyout stranger.key -out stranger.pem -days 36500 -subj "/CN=localhost" -addext "subjectAltName=DNS:localhost,IP:127.0.0.1"
rm -f request.pem ca.key ca.srl
