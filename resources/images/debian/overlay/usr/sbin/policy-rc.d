#!/bin/sh
# A package that is installed in an image build starts no service.
exit 101
