"""One module per format; each turns a built report into bytes and adds nothing but form."""
