"""What reading says of a file: why it could not be read or drawn, and what to know of it.

Kept in English as they are here with their values, since they come from a confined child, of which
no text is trusted to be a pattern; `words.in_words` knows them again and says them in the reader's
language. `%(kind)s` is the label of a FileKind, `%(reason)s` another of these.
"""

from __future__ import annotations

from collateral.reading.kinds import EMPTY, KINDS, LOCKED_OFFICE, OTHER
from collateral.words import N_, recognise

# Nothing of it can be read.
EMPTY_FILE = N_("This file is empty.")
TOO_LARGE = N_("This file is larger than the %(most)s MB that are read.")
DAMAGED = N_("This %(kind)s is damaged and cannot be opened.")
NOT_UNDERSTOOD = N_("This %(kind)s is damaged or of a kind that is not understood.")
BROKEN_PICTURE = N_("This %(kind)s is damaged.")
LOCKED = N_("This %(kind)s has a password. Upload a copy without one to find and preview it.")
NOT_READ = N_("A %(kind)s is kept and found by its name; it is not read inside.")
KIND_NOT_READ = N_("Files of this kind are kept and found by their name; they are not read.")
XLSB_NOT_READ = N_("Excel binary workbooks (xlsb) are kept and found by name, not read.")
OLDER_THAN_97 = N_("This deck was made with a PowerPoint older than 97, which is not read.")
TOO_MANY_PARTS = N_("This %(kind)s holds %(parts)s parts, more than the %(most)s that are read.")
BOMB = N_("This %(kind)s would unpack to %(size)s MB, like a zip bomb. It is not opened.")
SVG_TOO_LARGE = N_("This SVG drawing is larger than the 32 MB that are read.")

# What became of the reader.
TOOK_TOO_LONG = N_("Reading this file took longer than the %(seconds)s seconds allowed.")
TOO_MUCH_WORK = N_("Reading this file took longer than the %(seconds)s seconds of work allowed.")
NEEDS_MORE_MEMORY = N_("Reading this file needs more than the %(most)s MB of memory allowed.")
NEEDS_TOO_MUCH = N_("Reading this file needs more memory than is allowed.")
SAID_TOO_MUCH = N_("Reading this file gave more than the %(most)s MB allowed.")
READER_FAILED = N_("The program that reads this kind of file failed on it.")
INTERRUPTED = N_("Reading was interrupted. Try again.")
OURS = N_("Reading failed for a reason that is not the file's. It has been noted; try again.")
DEADLY = N_(
    "Reading this file stopped the worker %(times)s times, so it is not tried again by itself."
)

# No picture of it, or of one page.
NO_PREVIEW = N_("There is no preview for this kind of file.")
NO_FFMPEG = N_("There is no preview: ffmpeg is not installed here.")
NO_FRAME = N_("There is no preview: no frame of this video could be taken.")
NO_WORDS = N_("There is no preview: no words were found in this %(kind)s.")
NOTHING_IN_SVG = N_("There is no preview: this SVG drawing has nothing to draw.")
PICTURE_MEMORY = N_("There is no preview: this picture needs too much memory.")
PICTURE_PIXELS = N_(
    "There is no preview: this picture has %(millions)s million pixels (%(width)s × %(height)s),"
    " more than the %(most)s million that are drawn."
)
NOTHING_TO_DRAW = N_("There is nothing to draw in this file.")
NOT_DRAWN = N_("This %(kind)s could not be drawn.")
PAGE_NOT_DRAWN = N_("Page %(page)s could not be drawn.")
PAGE_WITHOUT_SIZE = N_("Page %(page)s has no size.")
SLIDE_NOT_DRAWN = N_("Slide %(page)s could not be drawn.")
SLIDE_TOO_TALL = N_("This slide is too tall to be drawn.")
SOME_PREVIEWS = N_("Only %(shown)s of %(pages)s previews: %(reason)s")
WORDS_ONLY = N_("The preview shows the words only, not the layout.")

# What to know of it before it is sent on.
NAMED_OTHERWISE = N_("The name ends in .%(name)s (%(kind)s), but the content is not that.")
NAMED_AS_OTHER = N_(
    "The name ends in .%(name)s (%(kind)s), but the content is another kind: %(other)s."
)
MACROS = N_("Contains macros. They never run here; whoever opens the original is asked.")
MACROS_OF_OPENDOCUMENT = N_("Contains macros. They never run here; whoever opens it is asked.")
SCRIPTS = N_("Contains scripts, which never run here.")
JAVASCRIPT = N_("Contains JavaScript, which never runs here.")
OUTSIDE = N_("Refers to content outside the file, which is not fetched here.")
FILES_INSIDE = N_("Carries other files inside it.")
PLACE_OF_PHOTO = N_("The original says where it was taken (GPS).")
ONE_HIDDEN_SLIDE = N_("Has 1 hidden slide.")
HIDDEN_SLIDES = N_("Has %(count)s hidden slides.")
ONE_NOTED_SLIDE = N_("Has speaker notes on 1 slide.")
NOTED_SLIDES = N_("Has speaker notes on %(count)s slides.")
ONE_HIDDEN_SHEET = N_("Has 1 hidden sheet.")
HIDDEN_SHEETS = N_("Has %(count)s hidden sheets.")
FIRST_PART = N_("Only the first %(most)s MB of this file were read.")
ARCHIVE_BOMB = N_("Would unpack to %(size)s, like a zip bomb. Do not unpack it.")
ARCHIVE_OUTSIDE = N_("Holds names that point outside its own folder. Do not unpack it.")
ARCHIVE_LOCKED = N_("Has a password on some of its files.")
ARCHIVES_INSIDE = N_("Holds other archives, whose content is not listed.")
ARCHIVE_CUT = N_("Only the first %(most)s of its %(count)s files show.")

# Why two decks were not put together.
NOT_PUT_TOGETHER = N_("The two decks could not be put together.")
NOT_A_DECK = N_("One of the two decks cannot be opened as a PowerPoint deck.")
OTHER_SIZES = N_("The pages of the two decks are of different sizes.")
CUSTOM_SHOWS = N_("The master has custom shows, which may name the pages that go.")
NOT_IN_MASTER = N_("The master has no page %(page)s.")
NOT_IN_ADAPTATION = N_("The adaptation has no page %(page)s.")
REFERS_OUTSIDE = N_("Page %(page)s refers to something that is not in the deck.")
COULD_BE_LOST = N_("Page %(page)s has %(what)s, which could be lost on the way.")
CHART_LEANS = N_("The chart on page %(page)s leans on other files.")
OTHER_LAYOUT = N_(
    "Page %(page)s is laid out as “%(layout)s”, which the master has not or has otherwise."
)
NO_PLACE_FOR_NOTES = N_("The notes of page %(page)s have no place in the master.")
BEHIND_ITSELF = N_("Page %(page)s cannot come behind itself.")
CARRIED_BY_NOBODY = {
    "video": N_("a video"),
    "audio": N_("a sound"),
    "media": N_("a video or a sound"),
    "oleObject": N_("an embedded file"),
    "package": N_("an embedded file"),
    "diagramData": N_("a SmartArt drawing"),
    "slide": N_("a link to another slide"),
    "comments": N_("comments"),
}
UNKNOWN_PART = N_("something that cannot be carried over")


def counted(one: str, many: str, number: int) -> str:
    """ "Has 1 hidden slide.", "Has 3 hidden slides." """
    return one if number == 1 else many % {"count": number}


recognise(
    *(text for name, text in list(globals().items()) if name.isupper() and isinstance(text, str)),
    *CARRIED_BY_NOBODY.values(),
    *(kind.label for kind in (*KINDS.values(), OTHER, EMPTY, LOCKED_OFFICE)),
)
