// Reads codes with libzxing. Two generations of its interface are in use:
// 1.4 (Debian 12) with DecodeHints, and from 2.2 on (Ubuntu 24.04, Debian 13)
// ReaderOptions. Which header is there decides.

#define ZX_USE_UTF8 1 // 1.4: text() as UTF-8

#if __has_include(<ZXing/ReaderOptions.h>)
#include <ZXing/ReaderOptions.h>
#define ZXING_OPTIONS ZXing::ReaderOptions
#define ZXING_SECOND 1
#else
#include <ZXing/DecodeHints.h>
#define ZXING_OPTIONS ZXing::DecodeHints
#define ZXING_SECOND 0
#endif
#include <ZXing/BarcodeFormat.h>
#include <ZXing/ReadBarcode.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "zxing.h"

namespace {

// Symbologies that post carries. DataBar, UPC-E and MaxiCode are left out:
// nobody sends them by letter, and lines of text are taken for them.
const char *const linear = "Codabar,Code39,Code93,Code128,EAN8,EAN13,ITF,UPCA";
const char *const matrix = "Aztec,DataMatrix,PDF417,QRCode";

// How many linear codes are looked for in one area.
const int most = 32;

ZXING_OPTIONS options(const char *formats, int how)
{
	ZXING_OPTIONS o;
	o.setFormats(ZXing::BarcodeFormatsFromString(formats));
	o.setBinarizer(how & read_local ? ZXing::Binarizer::LocalAverage : ZXing::Binarizer::GlobalHistogram);
	o.setTryHarder(how & read_thorough);
	o.setTryRotate(how & read_thorough);
	o.setTryDownscale(false); // 1.4 ends the process on an assertion
	o.setMinLineCount(3);
#if ZXING_SECOND
	o.setTextMode(ZXing::TextMode::Plain);
	o.setTryInvert(false); // as 1.4 does
#endif
	return o;
}

template <typename Container>
char *copy(const Container &c, int *len)
{
	*len = static_cast<int>(c.size());
	char *p = static_cast<char *>(std::malloc(c.size() + 1));
	if (!p)
		throw std::bad_alloc();
	if (c.size())
		std::memcpy(p, c.data(), c.size());
	p[c.size()] = 0;
	return p;
}

template <typename Code>
void fill(symbol &s, const Code &code)
{
	s.format = copy(std::string(ZXing::ToString(code.format())), &s.format_len);
	s.text = copy(code.text(), &s.text_len);
	s.bytes = reinterpret_cast<uint8_t *>(copy(code.bytes(), &s.bytes_len));
	s.lines = code.lineCount();
	s.eci = code.hasECI();
	const auto type = code.contentType();
	s.binary = type == ZXing::ContentType::Binary || type == ZXing::ContentType::Mixed ||
			   type == ZXing::ContentType::UnknownECI;
	const auto &p = code.position();
	s.left = s.right = p[0].x;
	s.top = s.bottom = p[0].y;
	for (int i = 1; i < 4; i++) {
		s.left = std::min(s.left, static_cast<int>(p[i].x));
		s.right = std::max(s.right, static_cast<int>(p[i].x));
		s.top = std::min(s.top, static_cast<int>(p[i].y));
		s.bottom = std::max(s.bottom, static_cast<int>(p[i].y));
	}
}

// erase paints over the bars that cross the middle of a linear code, each as
// far as it is dark, and widens the box of the code to what it painted. It
// returns false if there was nothing to paint.
bool erase(std::vector<uint8_t> &pixels, int width, int height, symbol &s)
{
	const bool upright = s.right - s.left >= s.bottom - s.top;
	// Across runs over the bars, along runs with them.
	const int across = upright ? 1 : width, along = upright ? width : 1;
	const int length = upright ? height : width, breadth = upright ? width : height;
	const int middle = std::clamp(upright ? (s.top + s.bottom) / 2 : (s.left + s.right) / 2, 0, length - 1);
	const int from = std::clamp((upright ? s.left : s.top) - 2, 0, breadth);
	const int to = std::clamp((upright ? s.right : s.bottom) + 3, 0, breadth);
	uint8_t *line = pixels.data() + static_cast<size_t>(middle) * along;
	int low = 255, high = 0;
	for (int i = from; i < to; i++) {
		const int v = line[static_cast<size_t>(i) * across];
		low = std::min(low, v);
		high = std::max(high, v);
	}
	const int dark = (low + high) / 2;
	int first = middle, last = middle;
	bool painted = false;
	for (int i = from; i < to && high - low > 16; i++) {
		uint8_t *at = line + static_cast<size_t>(i) * across;
		if (*at >= dark)
			continue;
		painted = true;
		int up = middle, down = middle;
		while (up > 0 && at[static_cast<ptrdiff_t>(up - 1 - middle) * along] < dark)
			up--;
		while (down < length - 1 && at[static_cast<ptrdiff_t>(down + 1 - middle) * along] < dark)
			down++;
		for (int k = up; k <= down; k++)
			at[static_cast<ptrdiff_t>(k - middle) * along] = static_cast<uint8_t>(high);
		first = std::min(first, up);
		last = std::max(last, down);
	}
	int &near = upright ? s.top : s.left, &far = upright ? s.bottom : s.right;
	near = std::min(near, first);
	far = std::max(far, last);
	return painted;
}

void release(symbol &s)
{
	std::free(s.format);
	std::free(s.text);
	std::free(s.bytes);
}

char *say(const char *what)
{
	char *p = static_cast<char *>(std::malloc(std::strlen(what) + 1));
	return p ? std::strcpy(p, what) : nullptr;
}

} // namespace

// read_linear reads one linear code at a time and erases it before it looks
// for the next: two equal ones in one image end the process on an assertion of
// version 1.4, and a sheet with its code above and below is nothing unusual.
static void read_linear(const ZXing::ImageView &view, int how, std::vector<symbol> &found)
{
	const int width = view.width(), height = view.height();
	std::vector<uint8_t> pixels;
	const auto one = options(linear, how).setMaxNumberOfSymbols(1);
	for (int i = 0; i < most; i++) {
		const auto codes = ZXing::ReadBarcodes(
			pixels.empty() ? view : ZXing::ImageView(pixels.data(), width, height, ZXing::ImageFormat::Lum), one);
		if (codes.empty() || !codes[0].isValid())
			return;
		found.push_back({}); // before filling, so that a half filled one is freed as well
		fill(found.back(), codes[0]);
		if (pixels.empty()) {
			pixels.resize(static_cast<size_t>(width) * height);
			for (int y = 0; y < height; y++)
				std::memcpy(pixels.data() + static_cast<size_t>(y) * width, view.data(0, y), width);
		}
		if (!erase(pixels, width, height, found.back()))
			return;
	}
}

extern "C" int read_area(const uint8_t *pixels, int width, int height, int stride,
						 int how, symbol **out, char **message)
{
	*out = nullptr;
	*message = nullptr;
	std::vector<symbol> found;
	try {
		const ZXing::ImageView view(pixels, width, height, ZXing::ImageFormat::Lum, stride);
		if (how & read_linear_codes)
			read_linear(view, how, found);
		std::vector<ZXing::Result> squares;
		if (how & read_matrix_codes)
			squares = ZXing::ReadBarcodes(view, options(matrix, how));
		for (const auto &code : squares) {
			if (!code.isValid())
				continue;
			found.push_back({});
			fill(found.back(), code);
		}
		if (found.empty())
			return 0;
		*out = static_cast<symbol *>(std::malloc(found.size() * sizeof(symbol)));
		if (!*out)
			throw std::bad_alloc();
		std::memcpy(*out, found.data(), found.size() * sizeof(symbol));
		return static_cast<int>(found.size());
	} catch (const std::exception &e) {
		*message = say(e.what());
	} catch (...) {
		*message = say("unknown exception");
	}
	for (auto &s : found)
		release(s);
	return -1;
}

extern "C" void free_symbols(symbol *found, int n)
{
	for (int i = 0; i < n; i++)
		release(found[i]);
	std::free(found);
}
