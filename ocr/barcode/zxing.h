#ifndef MAILROOM_BARCODE_ZXING_H
#define MAILROOM_BARCODE_ZXING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* symbol is one code that was read. Its strings are not terminated. */
typedef struct {
	char *format, *text;
	uint8_t *bytes;
	int format_len, text_len, bytes_len;
	int left, top, right, bottom; /* within the area */
	int lines;                    /* scan lines that agree, of a linear code */
	int eci, binary;              /* has character set marks; is no text */
} symbol;

/* How an area is read. */
enum {
	read_linear_codes = 1, /* those of bars */
	read_matrix_codes = 2, /* those of modules, and PDF417 */
	read_thorough = 4,     /* more lines of it, and turned as well */
	read_local = 8         /* a threshold for each place instead of one for all */
};

/* read_area reads the codes in an 8-bit gray area of width by height pixels
   whose rows are stride bytes apart. It returns how many there are and puts
   them into *found, or -1 and a message; free_symbols and free take them. */
int read_area(const uint8_t *pixels, int width, int height, int stride,
              int how, symbol **found, char **message);

void free_symbols(symbol *found, int n);

#ifdef __cplusplus
}
#endif
#endif
