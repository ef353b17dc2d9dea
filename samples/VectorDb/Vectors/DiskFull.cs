using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace VectorDb.Vectors;

/// <summary>Recognizes a full disk, which is nobody's mistake and can pass.</summary>
internal static class DiskFull
{
    // https://sqlite.org/rescode.html: SQLITE_FULL, SQLITE_IOERR_SHMSIZE
    private const int Full = 13;
    private const int NoRoomForIndex = 4874;

    public static bool Is(Exception exception) => exception switch
    {
        SqliteException e => e.SqliteErrorCode == Full || e.SqliteExtendedErrorCode == NoRoomForIndex,
        DbUpdateException { InnerException: { } inner } => Is(inner),
        _ => false,
    };

    public static VectorException Refusal() => new(VectorProblem.DiskFull, "The server's disk is full. Nothing was stored; what was stored before can be searched.");
}
