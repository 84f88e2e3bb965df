/* The style of the page. It has no quotation marks or angle brackets, so that it is the same in HTML and in XML. */
#pragma once

extern const char page_style[];
